"""What follows from the declarations: blocks of template.yaml, example events, OpenAPI.

The files are committed, as a reader and `sam deploy` want them; a test compares them with what the
generator says.
"""
