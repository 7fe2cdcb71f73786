"""The stand-ins behave as the vendors do: shown through the vendors' own packages and raw HTTP."""
