"""The jitted twin of `simulation.reference`: many paths, one function per step, names and order alike.

launch              the Python door: threads, results, chosen paths
loop                the days of a block of paths
steps               weekend, E1 to E11
extensions, custody what the issuer's switches add to them; gold by custodian
market, happening   what the gold market takes; what happens on a day, given and drawn together
prices, drivers     price models and random drivers, one day of a block of paths
judge, blame, fan   one row a path and first failures; their causes; counts from which quantiles by day are made
philox, maths       addressed random numbers; exp, log, sines as plain arithmetic
lanes               how memory is laid out, and the decorators; issuer_record: the issuer as a record
cache_folder        where compiled code is kept
"""
