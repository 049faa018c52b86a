"""What drafts and checks the seed file of a new portal. Doors: :mod:`crawler.onboarding.first_look`, ``live_check``."""
