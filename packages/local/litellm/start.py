"""LiteLLM's own command line, started in three quarters of the time.

Importing it makes millions of objects that stay, and Python's garbage collector would look at them over and over.
It is off for so long, and leaves them alone afterwards.
"""

import gc

gc.disable()

import litellm.proxy.proxy_server  # noqa: E402, F401
from litellm import run_server  # noqa: E402

gc.freeze()
gc.enable()

run_server()
