"""Its presence lets the tests import the helpers beside them."""
