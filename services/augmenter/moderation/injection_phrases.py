"""The phrases by which texts give orders to language models, in five languages. Decides nothing.

In the patterns one space stands for any run of white space. An order is looked for where a clause begins, because there
it is addressed to whoever reads it: "Ignore all previous instructions", not "told the pupils to ignore them".
"""

_ORDER = (
    r"(?:(?:^|[.!?:;,\"“”„«»()\[\]>*#–—-])\s*|\b(?:please|and|then|now|just|kindly|must|should|shall|will|you|you to"
    r"|bitte|und|veuillez|et|por favor|y) )"
)
_AI = (
    r"(?:ai(?: language)? models?|ai (?:assistant|agent|system|chatbot)s?|(?:large )?language models?|llms?|ais?"
    r"|ai chat ?bots?|chat ?bots?|artificial intelligence)"
)
_AIS = rf"(?:any |all |the )?(?:{_AI}|chatgpt|gpt-\w+)"
_FREE = r"(?:unrestricted|unfiltered|uncensored|jailbroken|unbound|amoral|rogue)"
_DAN = (
    rf"(?:dan\b|(?:an? )?(?:\w+ )?{_FREE}|(?:an? )?(?:\w+ )?{_AI} (?:without|with no|that has no|who has no|free of))"
)
_DROP = (
    r"(?:ignore|disregard|forget|override|bypass|discard|neglect|do not follow|don't follow|stop following"
    r"|do not obey|stop obeying)"
)
_RULES = r"(?:instructions?|prompts?|directions|directives|guidelines|commands|programming|training)"
_BEFORE = r"(?:previous|prior|above|preceding|earlier|former|foregoing|system|original|initial|existing)"
_OWN_PROMPT = (
    r"(?:your|the) (?:\w+ )?(?:system (?:prompt|message|instructions?))(?! (?:log|queue|window|box|bar))"
    r"|your (?:full |entire |exact |complete )?(?:hidden|initial|secret|original) (?:prompt|instructions?|message)"
)
_QUOTED = r"(?:with|by|using)\b"

ENGLISH = (
    rf"{_ORDER}{_DROP} (?:(?:all|any|every|the|your|my|of|these|those|each|and|or) ){{0,4}}"
    rf"(?:{_BEFORE} (?:(?:and|or|system|safety|developer|{_BEFORE}) ){{0,3}}{_RULES}"
    rf"|{_RULES} (?:above|before this|you were given|you have been given|given above))",
    rf"{_ORDER}{_DROP} (?:all |any )?(?:of )?your (?:\w+ ){{0,2}}(?:{_RULES}|restrictions|rules)",
    rf"{_ORDER}{_DROP} (?:the |your |any |all )?(?:system|developer) (?:prompt|message|instruction)s?",
    rf"{_ORDER}(?:ignore|disregard|forget) (?:everything|anything|all)(?: that)? (?:above|before|previously|prior"
    r"|written above|said (?:above|before)|you (?:were|are|have been|had been) (?:told|given|taught|instructed))",
    r"\byou are now (?:free (?:of|from) (?:all|any|your)|(?:in )?(?:developer|jailbreak|god|dan) mode"
    rf"|an? (?:\w+ )?{_AI}\b|{_DAN})",
    r"\byou are no longer (?:bound|restricted|limited|constrained) by (?:your|any|the) (?:\w+ )?"
    r"(?:guidelines|rules|restrictions|instructions|programming|polic)",
    rf"{_ORDER}(?:pretend|act|behave|role-?play|respond)(?: to be| that you are| you are| as if you (?:were|are)| as)"
    rf" {_DAN}",
    rf"{_ORDER}(?:reveal|print|show|translate|summari[sz]e|repeat|output|leak|disclose|expose|give|tell|display|share"
    r"|send|write out)"
    rf" (?:(?:me|us|all|of) )?(?:{_OWN_PROMPT})",
    r"\bwhat (?:is|are|was|were) your (?:system|initial|hidden|original|secret) (?:prompt|instructions?|message)",
    rf"{_ORDER}repeat (?:all )?(?:of )?(?:the |your )?(?:words|text|everything|instructions|sentences) above"
    r" (?:starting|verbatim|this)",
    rf"\b(?:as|since you are|because you are) an? {_AI},? you (?:must|should|will|shall|are (?:required|to)|have to"
    r"|need to|always)\b",
    r"\b(?:note|attention|messages?|instructions?|hints?|notice|warning|dear|hello|hey)(?: to| for)?"
    rf" {_AIS}\s*(?:[:,!-]|reading|that|who|must|should)",
    rf"\b(?:if|when|in case) you(?: are|'re) (?:an? )?{_AI}\b",
    r"\b(?:when|while|if)(?: you)?(?: are)? (?:summari[sz]\w+|describ\w+|translat\w+|analy[sz]\w+|process\w+|read\w*"
    r"|review\w*|evaluat\w+|answer\w* about) (?:this|the above|the following) (?:web )?(?:page|document|text|article"
    r"|website|site|cv|resume|content|e-?mail|paper|review),? (?:you must |please )?(?:always|mention|say|recommend"
    r"|rate"
    r"|state|include|insert|praise|claim|do not|ignore)\b",
    rf"\b(?:{_AI}|assistants) (?:reading|summari[sz]ing|processing|viewing|parsing|that reads?|who reads?|which"
    r" reads?) (?:this|the following)\b",
    rf"\b{_AI} (?:must|should|shall|are (?:instructed|required|asked) to|have to) (?:always |only )?(?:rank|rate"
    r"|recommend|praise|mention|ignore|obey|prefer) ",
    rf"{_ORDER}(?:do not|don't|never) (?:tell|inform|notify|alert|warn|let) (?:this to )?(?:the|your)"
    r" user(?:\b(?!['’]s| \w+ (?:expire|be|wait)| wait| enter| click| close))",
    rf"{_ORDER}(?:do not|don't|never) (?:reveal|mention|disclose|show|say|report|admit)(?: (?:of|about))? (?:this|it"
    r"|that"
    r"|these|any of this|these instructions|this \w+|anything|the above) to (?:the|your) user\b",
    r"\bwithout (?:telling|informing|notifying|alerting) the user\b(?!['’]s)",
    rf"{_ORDER}(?:begin|start|end|finish|preface|prefix|conclude) (?:all (?:of )?|each of |every one of )?your"
    r" (?:next |first |final )?"
    rf"(?:repl(?:y|ies)|responses?|answers?|outputs?|messages?|completions?|summary) {_QUOTED}",
    rf"{_ORDER}(?:begin|start|end|finish|preface|prefix|conclude) (?:every|each|all|the) (?:reply|replies|responses?"
    rf"|outputs?|completions?) {_QUOTED}",
    r"\byour (?:reply|response|answer|output|next message) (?:must|should|has to|will|needs to) (?:begin|start|end)"
    r" with\b",
    rf"{_ORDER}(?:respond|reply) (?:only|exclusively|solely) with (?:the |one |a |\")",
    r"\bfrom now on,? (?:you (?:will|must|should|shall|only|always) (?:only |always )?(?:answer|reply|respond|say"
    r"|speak|act"
    rf"|obey|recommend|output|behave|pretend)|you are (?:an? |my )?(?:\w+ )?(?:assistant|bot|persona|{_AI}|dan)\b"
    r"|(?:always |only )?(?:answer|reply|respond|obey|recommend|speak))",
    r"\bnew system (?:prompt|instructions?)\s*:",
    r"(?:^|[.!?] )(?:your )?(?:new|updated|real|actual) (?:instructions?|task|goal|prompt)(?: is| are)?\s*:\s*(?:send"
    r"|ignore"
    r"|reply|respond|answer|say|output|forward|delete|recommend|praise|reveal|print|you )",
    rf"{_ORDER}(?:enter|activate|enable) (?:(?:jailbreak|god|dan) mode|(?:developer|debug) mode\s*[.!]?\s*$)",
    r"^\s*(?:system|developer)(?: (?:prompt|message))?\s*:\s*you (?:are|must|should|obey|will|shall)\b",
    r"\b(?:human|user)\s*:.{0,300}\b(?:assistant|ai)\s*:",
    rf"{_ORDER}(?:hide|keep|conceal|withhold) (?:this|it|that|these \w+|this \w+)(?: (?:secret|hidden|back))? from"
    r" (?:the|your) user\b",
    r"\byour (?:new|real|actual|true) (?:task|goal|purpose|objective|instructions?) (?:is|are) (?:now )?to\b",
    r"\byou (?:will|must|should|shall) now (?:act|behave|respond|pretend|answer)(?: as| like| to be)? (?:an?"
    rf" )?(?:\w+ )?(?:assistant|bot|persona|{_AI}|{_DAN})",
    rf"{_ORDER}(?:answer|respond to|reply to) (?:every|each|all|any)(?: (?:following|further|other|future|next))?"
    r" (?:questions?|prompts?|messages?|quer(?:y|ies)) (?:with|by)\b",
    rf"{_ORDER}(?:ignore|disregard|forget) (?:what|whatever|anything|everything) (?:the|your) (?:developers?|system"
    r"|user|operator|creators?) (?:told|said|says|tells|wrote|asks?|asked)\b",
    r"\b(?:when|if|while) (?:asked|answering (?:questions )?|questioned) about (?:this|the above) (?:page|document"
    r"|text|article|site|website|product|company),? (?:you must |please )?(?:always|say|mention|claim|recommend"
    r"|praise)\b",
    rf"\b(?:the|any|an) (?:{_AI}|assistant) (?:that is |who is |which is )?(?:reading|summari[sz]ing|processing"
    r"|parsing) (?:this|the following)\b",
    rf"\byou are (?:now|no longer) (?:an? |the )?(?:\w+ ){{0,2}}(?:assistant|{_AI})\b",
    rf"{_ORDER}{_DROP} (?:all |any |every |your ){{1,2}}(?:of )?(?:your )?(?:(?:safety|security|content|ethical) )?"
    r"(?:restrictions|guardrails|filters|guidelines|settings|policies|constraints|training|rules)\b(?! (?:for|of) )",
    rf"{_ORDER}(?:pretend|imagine|act as (?:if|though))(?: that)? you (?:have|had) no (?:\w+ )?"
    r"(?:rules|restrictions|limits|filters|guidelines|instructions)\b",
    rf"{_ORDER}(?:do not|don't|instead of) (?:summari[sz]|translat|describ|review|analy[sz])\w+ (?:this|the)"
    r" [^.]{0,30}[;,.] (?:instead|but)\b",
    r"\b(?:instead|always),? (?:tell|inform|convince|advise|ask) (?:the|your) (?:user|reader)s? (?:to|that)\b",
    r"^\s*\[?(?:system|assistant|developer|admin)(?: (?:prompt|message|note))?\]?\s*[:>\]-]?\s*(?<=[:>\]\s-])"
    r"(?:the user (?:has|is|may)|(?:ignore|disregard|forget|override|bypass)\b)",
    rf"\b(?:{_AIS}|assistants)\b[^.;]{{0,40}}\b(?:must|should|shall|ha(?:ve|s) to|will) (?:(?:always|never|not|only"
    r"|also) )?(?:mention|say|praise|rate|rank|recommend|state|claim|include|reply|respond|output|append|obey)\b",
    rf"\b(?:{_AIS}|assistants?|(?:{_AI}) agents?)\s*[:,]\s*(?:(?:please|you must|always|never|do not|don't|now) )?"
    r"(?:ignore|disregard|forget|delete|send|reply|respond|answer|print|output|append|include|rate|recommend|say|repeat"
    r"|follow|mention|praise)\b",
    r"\b(?:when|whenever|if) asked about (?:this|the|our) [^,.]{1,40}, (?:always |only )?(?:reply|respond|answer|say"
    r"|state|claim|recommend)\b",
)
# Marks between the turns of a conversation, as chat templates write them.
TEMPLATE_MARKS = (
    r"<\|[a-z_]{2,30}\|>",
    r"\[/?inst\]",
    r"<</?sys>>",
    r"</?(?:start|end)_of_turn>",
    r"^\s*</?system>(?!\s*(?:element|tag))",
    r"#{2,}\s*(?:instruction|response|system|assistant|human|user)\s*:",
)
_KI = r"(?:ki(?:[- ]?(?:sprachmodell|modell|assistent\w*|system))?|(?:großes )?sprachmodell|chatbot)"
GERMAN = (
    rf"{_ORDER}(?:ignorier(?:e|en sie)?|vergiss|vergessen sie|missachten? ?(?:sie)?|überschreibe?|verwirf|befolge"
    r" nicht)"
    r" (?:(?:alle|sämtliche|die|deine|ihre|diese|meine) ){0,3}(?:vorherigen|bisherigen|obigen|früheren|vorangegangenen"
    r"|vorigen|ursprünglichen) (?:\w+ )?(?:anweisungen|instruktionen|befehle|vorgaben|regeln|prompts?|aufträge)",
    rf"{_ORDER}(?:ignorier(?:e|en sie)|vergiss|vergessen sie) (?:alle )?(?:deine|ihre) (?:anweisungen|instruktionen"
    r"|vorgaben)",
    rf"{_ORDER}(?:ignorier(?:e|en sie)|vergiss|vergessen sie) alles,? (?:was (?:dir|ihnen|du|ich|zuvor|bisher|oben)"
    r"|obige"
    r"|vorherige|bisherige)",
    rf"{_ORDER}(?:missachte|ignoriere|gib|zeige?|verrate|nenne|wiederhole|drucke)(?: mir)? (?:den|deinen|ihren)"
    r" system-?\s*prompt",
    rf"{_ORDER}(?:sage?|verrate?|erzähle?|teile?)(?: (?:dies|das|es))? (?:dem|der|den) (?:be)?nutzer(?:in|n)?"
    r" (?:nichts|nicht|kein\w*|niemals)\b",
    rf"{_ORDER}(?:beginne?|starte|beende)(?:n sie)? (?:deine|ihre|jede) antwort(?:en)? (?:immer )?mit\b",
    rf"\bals {_KI},? (?:musst|sollst|solltest|müssen|sollen|sollten|wirst|werden) (?:du|sie)\b",
    rf"\bwenn du ein(?:e)? {_KI} bist\b",
    rf"\bdu bist (?:jetzt|nun|ab sofort|ab jetzt) (?:dan\b|ein(?:e|en)? (?:\w+ )?{_KI}\b)",
    r"\b(?:ab (?:jetzt|sofort)|von nun an) (?:antworte|antwortest|schreibst|sprichst|bist) (?:du )?(?:nur|immer"
    rf"|stets|ausschließlich|ein (?:\w+ )?{_KI})|{_ORDER}antworte (?:ab (?:jetzt|sofort)|von nun an) (?:nur|immer"
    r"|stets)",
)
_IA = r"(?:grand )?(?:modèle de langage|ia|intelligence artificielle|assistant ia|chatbot)"
_INSTRUCTIONS_FR = r"(?:instructions?|consignes?|directives|ordres)"
FRENCH = (
    rf"(?<!n['’])\b(?:ignore[rz]?|oublie[rz]?|ne ten(?:ez|s)? (?:pas|plus) compte d(?:e|es)|ne sui(?:s|vez) pas)"
    rf" (?:(?:toutes?|tous|les|tes|vos|des|ces|de) ){{0,3}}{_INSTRUCTIONS_FR} (?:précédente?s?|antérieure?s?"
    r"|ci-dessus|initiales?|du système)",
    rf"(?<!n['’])\b(?:ignore[rz]?|oublie[rz]?) (?:toutes )?(?:tes|vos) {_INSTRUCTIONS_FR}",
    r"(?<!n['’])\b(?:ignore[rz]?|oublie[rz]?) tout ce (?:qui précède|qui est (?:écrit )?(?:au-dessus|ci-dessus)"
    r"|(?:que|qu['’]on) (?:tu|vous|je|t['’]a|t['’]ai))",
    rf"{_ORDER}(?:révèle[rz]?|affiche[rz]?|montre[rz]?|donne[rz]?|répète[rz]?)(?:-moi)? (?:ton|votre|le) (?:prompt"
    r"|message|invite)s? (?:de )?(?:système|initiale?|caché)",
    r"\bne (?:le |la |les |lui )?(?:dis|dites|révèle[sz]?|révélez|mentionne[sz]?|signale[sz]?)(?: (?:pas|rien|jamais"
    r"|cela|ça)){0,2} à l['’]utilisateur\b(?!['’])",
    rf"{_ORDER}(?:commence|termine)[rz]? (?:ta|votre|tes|vos|chaque|toutes tes) réponses? (?:par|avec)\b",
    rf"\ben tant qu(?:e |['’])(?:un )?{_IA},? (?:tu|vous) (?:dois|devez|devrais|devriez)\b",
    rf"\b(?:tu es|vous êtes) (?:maintenant|désormais) (?:dan\b|une? {_IA}\b)",
    r"\b(?:à partir de maintenant|désormais),? (?:tu |vous )?(?:réponds|répondez|répondras|répondrez|agis|agissez)"
    r" (?:toujours|uniquement|seulement|comme|en)\b",
)
_IA_ES = r"(?:gran )?(?:modelo de lenguaje|ia|inteligencia artificial|asistente de ia|chatbot)"
_INSTRUCTIONS_ES = r"(?:instrucciones|indicaciones|órdenes|directrices)"
SPANISH = (
    rf"(?<!no\s)\b(?:ignora|ignore|olvida|olvide|descarta|descarte|desobedece|no sigas)"
    rf" (?:(?:todas?|las|tus|sus|estas|de) ){{0,3}}{_INSTRUCTIONS_ES} (?:anteriores|previas|de arriba|del sistema"
    r"|iniciales)",
    rf"(?<!no\s)\b(?:ignora|ignore|olvida|olvide) (?:todas )?tus {_INSTRUCTIONS_ES}",
    r"(?<!no\s)\b(?:ignora|ignore|olvida|olvide) todo lo (?:anterior|previo|que (?:te|se|has|he|está))",
    rf"{_ORDER}(?:revela|revele|muestra|muéstrame|imprime|dime|repite) (?:tu|el|su) (?:prompt|mensaje)(?: oculto)?"
    r" (?:del? sistema|inicial)",
    r"\bno (?:se )?(?:lo |la |le )?(?:digas|diga|reveles|revele|menciones|mencione|cuentes|informes)(?: (?:nada|esto"
    r"|eso|nunca)){0,2} al usuario\b",
    rf"{_ORDER}(?:comienza|empieza|inicia|comience|empiece|termina) (?:tu|su|tus|cada|todas tus) respuestas? con\b",
    rf"\bcomo (?:un )?{_IA_ES},? (?:debes|debe|tienes que|tiene que|deberías)\b",
    rf"\b(?:ahora eres|eres ahora|a partir de ahora eres) (?:dan\b|una? {_IA_ES}\b)",
    r"\b(?:a partir de ahora|desde ahora),? (?:tú )?(?:responde|responderás|respondes|contesta|actúa|actuarás)"
    r" (?:siempre|solo|sólo|únicamente|como|en)\b",
)
CHINESE = (
    r"(?:忽略|无视|忘记|忘掉|不要理会|不要遵循|不要遵守)(?:你)?(?:所有|全部)?(?:在?(?:之前|以前|以上|前面|先前|上面|上述|此前))(?:的|收到的|给出的)?(?:所有|一切"
    r"|全部)?的?(?:指令|指示|提示词?|命令|设定)",
    r"(?:忽略|无视|忘记|忘掉|不要遵循|不要遵守)(?:你的|你所有的?|所有|一切|全部)(?:的)?(?:系统)?(?:指令|提示词|设定)",
    r"(?:忽略|忘记|忘掉)(?:以上|之前|上面|前面)的?(?:所有|一切|全部)?(?:内容|对话)",
    r"(?:显示|输出|透露|告诉我|打印|泄露|说出|重复)你的(?:系统|初始|隐藏)(?:提示词?|指令|消息|设定)",
    r"(?:不要|别|勿|不得)(?:把.{0,8})?(?:告诉|告知|通知|透露给|提醒)(?:这个|该)?用户",
    r"你现在是(?:一个|一名)?(?:dan|没有(?:任何)?限制|不受(?:任何)?限制|.{0,6}(?:ai|人工智能|语言模型))",
    r"作为(?:一个|一名)?(?:大型|大)?(?:ai|人工智能|语言模型)(?:语言模型|助手|模型)?[,，]?你(?:必须|应该|应当|需要|要)",
    r"(?:你的)?(?:回复|回答)(?:必须|应该|都?要)?以.{1,20}(?:开头|开始)",
    r"(?:从现在开始|从现在起|今后)[,，]?你(?:只能|必须|要|应该|总是|将)?(?:只)?(?:回答|回复|扮演|用)",
)
