"""How billing's state is stored and read: one method a script, and plain reads."""

from billing.managers.purchases import PERSONAL_COLUMNS, Guard, PurchaseManager

__all__ = ["PERSONAL_COLUMNS", "Guard", "PurchaseManager"]
