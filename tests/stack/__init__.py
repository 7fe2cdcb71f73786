"""The whole service as real processes on real sockets."""
