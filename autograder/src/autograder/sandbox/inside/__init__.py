"""What runs inside a sandbox before anybody's code does. Standard library alone; nothing here imports `autograder`.

The folder is shown read-only in each sandbox, so nothing in it may be worth hiding.
"""
