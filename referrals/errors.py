"""What referrals may refuse."""

from lantern_pro.errors import NotYet, Refused


class WrongReferralCode(Refused):
    """The code is nobody's."""

    error_id = "wrong-referral-code"
    message = "There is no such referral code."


class OwnReferralCode(Refused):
    """Nobody can invite themself."""

    error_id = "own-referral-code"
    message = "This is your own referral code."


class ReferralAlreadyAttached(Refused):
    """A user is invited once."""

    error_id = "referral-already-attached"
    message = "A referral code has been attached to this account before."


class ReferralRing(Refused):
    """The inviter was, directly or through others, invited by this user."""

    error_id = "referral-ring"
    message = "The owner of this code came here by your own invitation."


class BonusUnderWay(NotYet):
    """The bonus of whoever invited a user is on its way, and erasing the user must wait for it."""

    error_id = "bonus-under-way"
    message = "Whoever invited you is being given their bonus. Please try again in a minute."
