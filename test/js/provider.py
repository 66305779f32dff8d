"""The OpenID provider of test/http for the clients' tests: prints its providers file, ends with its standard input."""
import json, pathlib, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'http'))
sys.dont_write_bytecode = True
from oauth_standin import standing_in

with standing_in() as provider:
    print(json.dumps(provider.providers()), flush=True)
    sys.stdin.read()
