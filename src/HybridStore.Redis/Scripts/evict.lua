unknow()
raise()
save()
return 1
