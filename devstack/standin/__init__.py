"""What the stand-ins for Stripe and Mandrill share.

A stand-in is a small HTTP server on loopback that behaves as the vendor does, keeps its state in
a journal that survives ``kill -9``, shows a page to people, and fails on demand.
"""

from devstack.standin.faults import Fault, Faults
from devstack.standin.http import Answer, Request
from devstack.standin.journal import Draft, Journal, Object
from devstack.standin.server import Standin, common_arguments, serve

__all__ = [
    "Answer",
    "Draft",
    "Fault",
    "Faults",
    "Journal",
    "Object",
    "Request",
    "Standin",
    "common_arguments",
    "serve",
]
