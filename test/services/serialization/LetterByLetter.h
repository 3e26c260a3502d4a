#pragma once

#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace JsonSamples {

/// What the writer of JSON does with a text, letter by letter.
inline std::string letterByLetter(std::string_view text) {
    std::string all = "\"";
    for (char const c : text) {
        auto const *const letters = "\"\"\\\\\bb\ff\nn\rr\tt";
        char const *const known = c == '\0' ? nullptr : std::strchr(letters, c);
        bool const isEscaped = c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
        if (!isEscaped) {
            all += c;
        } else if (known != nullptr) {
            all.append("\\").append(1, known[1]);
        } else {
            char code[7];
            std::snprintf(code, sizeof(code), "\\u%04x", static_cast<unsigned>(c));
            all += code;
        }
    }
    return all + "\"";
}

} // namespace JsonSamples
