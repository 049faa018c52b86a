"""The main text: blocks, the verdict on each, leads. Door: :mod:`crawler.article.body.verdicts`.

trafilatura lives in one module here.
"""
