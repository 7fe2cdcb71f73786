"""The wire: proxies between the processes that see each step of a job and can break it there."""
