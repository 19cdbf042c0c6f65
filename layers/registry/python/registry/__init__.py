"""One client record, four front doors: what every function of the registry shares."""

import gc
import os

# What a function loads stays. To look through it for garbage again and again while it loads takes a
# sixth of a cold start. `registry.gateway.loading.loaded` turns the collector on again.
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    gc.disable()
