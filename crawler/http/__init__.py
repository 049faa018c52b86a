"""What stands between a request and its answer: guard, limits, robots, pace, back-off.

Door: :mod:`crawler.settings` names its middlewares.
"""
