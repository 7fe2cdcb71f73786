"""In which currency people pay where (ISO 3166, ISO 4217). Pure."""

from typing import Final

_EURO: Final = "AD AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MC ME MT NL PT SI SK SM VA XK"
_OWN: Final = (
    "AE:aed AM:amd AR:ars AU:aud AZ:azn BA:bam BD:bdt BH:bhd BO:bob BR:brl BY:byn CA:cad CH:chf "
    "CL:clp CN:cny CO:cop CR:crc CZ:czk DK:dkk DO:dop DZ:dzd EG:egp ET:etb GB:gbp GE:gel GT:gtq "
    "HK:hkd HN:hnl HU:huf ID:idr IL:ils IN:inr IS:isk JO:jod JP:jpy KE:kes KG:kgs KH:khr KR:krw "
    "KW:kwd KZ:kzt LA:lak LB:lbp LK:lkr MA:mad MD:mdl MK:mkd MM:mmk MN:mnt MO:mop MX:mxn "
    "MY:myr NG:ngn NI:nio NO:nok NP:npr NZ:nzd OM:omr PE:pen PH:php PK:pkr PL:pln PY:pyg QA:qar "
    "RO:ron RS:rsd RU:rub RW:rwf SA:sar SE:sek SG:sgd SN:xof CI:xof CM:xaf TH:thb TJ:tjs TN:tnd "
    "TR:try TW:twd TZ:tzs UA:uah UY:uyu UZ:uzs VN:vnd YE:yer ZA:zar ZM:zmw"
)
CURRENCY_OF: Final = {
    **dict.fromkeys(_EURO.split(), "eur"),
    **dict(each.split(":") for each in _OWN.split()),
}


def currency_in(country: str) -> str:
    """The currency of a country; empty where it is the US dollar, or nobody knows."""
    return CURRENCY_OF.get(country.strip().upper(), "")
