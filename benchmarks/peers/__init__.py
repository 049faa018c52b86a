"""The crawlers that storykin is compared with, each run by the Python of an environment of its own.

``python FILE BASE_URL OUT.jsonl FOLDER``: crawl the site and write ``{"url", "title", "text"}`` for each article;
*FOLDER* is free for files. The scripts import nothing of storykin.
"""
