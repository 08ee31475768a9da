from gauzy.exceptions import Invalid


class CurrencyMismatch(Invalid):
    code = "currency_mismatch"
    message = "Amounts of different currencies are never added together."


class DiscountTooLarge(Invalid):
    code = "discount_too_large"
    message = "The discount is more than the lines come to, or less than nothing."
