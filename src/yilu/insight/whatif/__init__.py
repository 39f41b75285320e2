"""
A whole portfolio calculated anew under other terms (条款测算).

``encoding`` turns recorded facts into whole numbers, ``portfolio`` lays them out so that thousands of
policies advance together, ``recalculation`` works the terms out over them, ``single_path`` does the same
one claim after another with the calculation that decides claims: they agree to the fen.
"""
