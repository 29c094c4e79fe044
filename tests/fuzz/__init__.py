"""Whatever is put in: no crash, and nothing taken for what it is not.

Each test says what may come of any input; Hypothesis makes the inputs, out of nothing and by
spoiling sound ones. `make test` runs a hundredth of what `make soak` does.
"""
