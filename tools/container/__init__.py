"""The built functions in AWS's Lambda image, as `sam local` runs them."""
