"""Signatures and band keys; datasketch lives in one module here. Door: :mod:`dedupe.minhash.fingerprint`."""
