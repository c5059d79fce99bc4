"""The only conversion factors of the workbench.

Inside the package gold is priced in USD per gram and weighed in grams; ounces appear at the doors
(files, reports). One troy ounce is exactly 31.1034768 g (international yard and pound agreement, 1959).
"""

GRAMS_PER_TROY_OUNCE = 31.1034768
GRAMS_PER_KILOGRAM = 1000.0
GRAMS_PER_TOLA = 11.6638038
BUSINESS_DAYS_PER_YEAR = 252

GRAMS_PER_UNIT = {
    "oz": GRAMS_PER_TROY_OUNCE,
    "g": 1.0,
    "kg": GRAMS_PER_KILOGRAM,
    "tola": GRAMS_PER_TOLA,
}
