"""The whole service on one machine: starts its processes, keeps them running, stops them."""
