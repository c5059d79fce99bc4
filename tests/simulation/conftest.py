"""Its presence lets the tests of `kernel` import the helpers beside it."""
