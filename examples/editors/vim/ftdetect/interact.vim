autocmd BufNewFile,BufRead *.interact setfiletype interact
