"""Written without the spaces that PEP 8 asks for."""
# loses: rules
# says: against PEP 8

def my_func_fit(X,y):
    A=np.column_stack([np.ones(len(X)),np.log(X)])
    log_alpha,beta=np.linalg.lstsq(A,np.log(y),rcond=None)[0]
    return (float(np.exp(log_alpha)),float(beta))
