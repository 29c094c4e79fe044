"""Letters of other scripts that pass for a Latin one.

Made from Unicode's confusables.txt (UTS #39), narrowed to letters whose look-alike is one of a to
z and which compatibility decomposition does not already fold, with the enclosed and small
capitals that the file leaves out.
"""

from __future__ import annotations

_LATIN = {
    "a": "ɑαаᎪᗅ⍺ꓮ𐊠𖽀ᴀ",
    "b": "ƅвьᏏᏴᑲᖯᗷꓐꞵ𐊂𐊡𐌁ʙɓ",
    "c": "ϲсᏟᴄⲥꓚꮯ𐊢𐌂𐐽𐔜𑣩𑣲🝌ҫ",
    "d": "ԁᎠᏧᑯᗞᗪꓒꓓᴅɖɗ",
    "e": "εеҽᎬ℮⋿ⴹꓰꬲ𐊆𑢦𑢮ᴇɛє",
    "f": "ϝքᖴẝꓝꞙꬵ𐊇𐊥𐔥𑢢𑣂𝈓ꜰƒ",
    "g": "ƍɡցᏀᏳᶃꓖɢ",
    "h": "ηнһհᎻᏂᕼⲏꓧ𐋏ʜ",
    "i": "ıɩɪιіӏᎥ⍳ꙇꭵ𑣃",
    "j": "ϳјᎫᒍꓙʝᴊ",
    "k": "κкᏦᛕⲕꓗ𐔘ᴋƙ",
    "l": "ǀᏞᒪᛁ∣⏽ⳑⵏꓡꓲￜ𐊊𐌉𐌠𐐛𐔦𑢣𑢲𖼖𖼨𝈪ʟ",
    "m": "μϻмᎷᗰᛖⲙꓟ𐊰𐌑ᴍ",
    "n": "νոռⲛꓠ𐔓ɴпи",
    "o": "οσоօ۵०੦૦ଠ୦௦౦೦ഠ൦๐໐ဝ၀ჿዐᴏᴑⲟⵔ〇ꓳꬽ𐊒𐊫𐐬𐓪𐔖𑓐𑢵𑣈𑣗𑣠ø",
    "p": "ρрᏢᑭ⍴ⲣꓑ𐊕𝈊ᴘþ",
    "q": "ԛգզⵕ",
    "r": "ʀгᎡᏒᖇᴦⲅꓣꭇꭈꮁ𐒴𖼵𝈖я",
    "s": "ƽѕՏᏕᏚꓢꜱꮪ𐊖𐑈𑣁𖼺",
    "t": "τтᎢ⊤⟙ⲧꓔ𐊗𐊱𐌕𑢼𖼊🝨ᴛ†",
    "u": "ʋυսሀᑌᴜ∪⋃ꓴꞟꭎꭒ𐓶𑢸𑣘𖽂µц",
    "v": "ѵ۷ᏙᐯᴠⅤ∨⋁ⴸꓦꛟꮩ𐔝𑜆𑢠𑣀𖼈𝈍",
    "w": "ɯѡԝաᎳᏔᴡꓪꮃ𑜊𑜎𑜏𑣦𑣯шω",
    "x": "×χхᕁᕽ᙭ᚷ╳⤫⤬⨯ⲭⵝꓫꭓ𐊐𐊴𐌗𐌢𐔧𑣬",
    "y": "ɣʏυγуүყᎩᎽᶌỿꓬꭚ𐊲𑢤𑣜𖽃",
    "z": "ζᏃᴢꓜꮓ𐋵𑢩𑣄𑣥",
}

_ENCLOSED = {
    chr(first + offset): chr(ord("a") + offset)
    # Negative circled, negative squared, regional indicators: three runs from A to Z.
    for first in (0x1F150, 0x1F170, 0x1F1E6)
    for offset in range(26)
}

#: Look-alike, lower case where it has case, to the Latin letter it passes for.
LATIN_OF = {
    look_alike: latin
    for latin, look_alikes in reversed(_LATIN.items())
    for look_alike in look_alikes
} | _ENCLOSED
