"""The main job, played against a running stack by the protocol that real clients speak."""
