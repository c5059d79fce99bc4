"""Five notebooks in sequence: what would run and why, one attempt at a time, honest about every ending.

`pipeline` is the stage table, `resolve` turns a params file into a run record, `plan` decides what is
unchanged, `engine` executes a notebook through papermill, `attempts` runs one stage, `run` all of them;
`context` is what a notebook sees. Deciding imports neither pandas nor papermill.
"""
