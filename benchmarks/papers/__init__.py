"""The tables and figures of the papers behind nasgoat, run again beside the published numbers.

``python -m benchmarks.papers --list`` names them; docs/papers.md says what was measured.
"""
