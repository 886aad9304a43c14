"""What each verb of the command line does and prints.

Imports stand inside the verbs, so that each loads only its own part.
"""
