"""Spiders: one class serves every portal, each seed file is a spider of its own."""
