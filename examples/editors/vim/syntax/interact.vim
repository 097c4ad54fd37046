" Made by python -m interact.compiler.surface.build_highlighting.
if exists("b:current_syntax")
  finish
endif
syntax match interactName "\<\h\w*\>"
syntax keyword interactDeclaration audience channel constant defaults enum flowchart function import offer offers overrides proposals strategy suppressions table template test
syntax keyword interactKeyword accept adds after alone also append arbitration as asc at attribute attributes because by cases category chance code columns contact contacts day decision declaration default desc disabled even evenly event every everyone expect extends for from given hold hour impressions independent key let live log many met minute most newest no none of on pattern per pinned point post profile qualify redraw reject replace required resegment reset rest rolling rule same sample score seed segment segments select sequence session set snapshot some suppress suspend take ties to top treatment unique until update use using visit week with within zone
syntax keyword interactChoice else if otherwise then when where
syntax keyword interactOperator and between distinct in is like not or
syntax keyword interactConstant false marketer_score now null today true
syntax keyword interactType bool date decimal duration float int many text timestamp
syntax match interactCall "\<\%(abs\|add_days\|add_months\|add_years\|all\|any\|avg\|bit_and\|bit_not\|bit_or\|bit_xor\|bool\|capitalize\|ceil\|clamp\|coalesce\|comparison\|concat\|contains\|cos\|count\|date\|day_of_year\|days\|days_between\|days_in_month\|end_of_month\|ends_with\|exp\|float\|floor\|format_date\|hours\|ilike\|in_days\|in_hours\|in_minutes\|in_seconds\|int\|is_blank\|is_weekend\|iso_week\|left\|length\|ln\|log10\|lower\|ltrim\|max\|min\|minutes\|month\|months_between\|now\|nullif\|number\|pad_left\|pad_right\|parse_date\|position\|power\|quarter\|quotient\|radians\|repeat\|reverse\|right\|round\|rtrim\|second\|seconds\|sign\|sin\|split_part\|sqrt\|start_of_month\|start_of_week\|start_of_year\|starts_with\|stddev\|substring\|sum\|tan\|text\|timestamp\|today\|trim\|trunc\|upper\|weekday\|year\|years_between\)\ze\s*("
syntax match interactNumber "\<\d[0-9_]*\%(\.\d\+\)\=\>"
syntax match interactDate "\<\d\{4}-\d\d-\d\d\%(T[0-9:.+-]*Z\=\)\="
syntax match interactMember "\.\@<=\h\w*"
syntax match interactProperty "\<\h\w*\ze\s*:"
syntax region interactHole matchgroup=Special start="{" end="}" contained contains=interactCall
syntax region interactText start=+"+ skip=+\\.+ end=+"+ oneline contains=interactHole
syntax match interactComment "#.*"
highlight default link interactDeclaration Structure
highlight default link interactKeyword Statement
highlight default link interactChoice Conditional
highlight default link interactOperator Operator
highlight default link interactConstant Constant
highlight default link interactType Type
highlight default link interactCall Function
highlight default link interactNumber Number
highlight default link interactDate Number
highlight default link interactProperty Identifier
highlight default link interactText String
highlight default link interactComment Comment
setlocal commentstring=#\ %s
let b:current_syntax = "interact"
