"""The report: numbers, reasons, terminal, HTML. Door: :mod:`dedupe.report.report`."""
