"""
The sums behind premiums and cash values (精算): pure functions of tables, interest and promises.

``mortality`` holds the tables, ``life`` the plain recursions, ``promise`` turns a wording into what
is owed in each year, ``values`` finds premiums and reserves by equivalence, ``tables`` puts both
into the rate tables of a product.
"""
