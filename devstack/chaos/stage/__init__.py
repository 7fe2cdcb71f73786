"""The stage: the real processes, in a folder and on ports of their own, with wires between them."""
