"""Written without the spaces that PEP 8 asks for."""
# loses: rules
# says: against PEP 8

def gan_value(p_data,p_g,d):
    return _weighted_log(p_data,d)+_weighted_log(p_g,1-d)
