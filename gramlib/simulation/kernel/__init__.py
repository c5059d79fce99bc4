"""The jitted twin of `simulation.reference`: many paths, one function per step, names and order alike.

lanes           how memory is laid out, and the decorators; issuer_record: the issuer as a record
philox, maths   addressed random numbers; exp, log, sines as polynomials
prices, drivers price drivers and random drivers, one day of a block of paths
steps           E1 to E11; extensions: what the switches of the issuer add to them
judge, fan      failures with their causes; counts from which quantiles by day are made
loop, launch    the days of a block of paths; the Python door
"""
