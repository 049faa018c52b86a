"""Scrapy project of storykin: fetches pages, finds related stories, extracts articles."""
