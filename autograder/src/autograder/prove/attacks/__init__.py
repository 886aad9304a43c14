"""Submissions that try to fool the grader, and honest ones that look suspicious; `verdicts.toml` says how each ends."""
