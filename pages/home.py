from ui.frame import open_page, under_app

under_app()
t = open_page("home")
