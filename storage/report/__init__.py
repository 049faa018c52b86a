"""Rows and stories of the dedupe report, labels for calibration. Doors: :mod:`storage.report.rows`, ``stories``."""
