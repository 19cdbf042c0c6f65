"""What follows from the declarations: blocks of template.yaml, example events, OpenAPI.

The files are committed, because readers and `sam deploy` need them; a test compares them with the
generator's output.
"""
