#include "RequestTarget.h"

#include "Characters.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

namespace Ichor::Detail {

namespace {

std::string_view viewOf(char const *base, TextRange range) noexcept { return {base + range.at, range.size}; }

TextRange from(TextRange whole, std::size_t offset) noexcept {
    return {whole.at + static_cast<std::uint32_t>(offset), whole.size - static_cast<std::uint32_t>(offset)};
}

TextRange upTo(TextRange whole, std::size_t size) noexcept { return {whole.at, static_cast<std::uint32_t>(size)}; }

bool hasDotSegment(std::string_view path) noexcept { return path.find("/.") != std::string_view::npos; }

// Does it begin with a '%' and the two digits that belong to it?
bool isEncoded(std::string_view text) noexcept {
    return text.size() > 2 && text[0] == '%' && isOf(text[1], HEX_DIGIT) && isOf(text[2], HEX_DIGIT);
}

// Appends the decoded segment; false for a '%' without two digits and for a decoded NUL, which no path may hold.
bool appendDecoded(std::string &out, std::string_view segment) {
    for (std::size_t i = 0; i < segment.size(); ++i) {
        if (segment[i] != '%') {
            out.push_back(segment[i]);
            continue;
        }
        if (!isEncoded(segment.substr(i))) return false;
        auto const c = static_cast<char>(hexValue(segment[i + 1]) * 16 + hexValue(segment[i + 2]));
        if (c == '\0') return false;
        if (c == '/') {
            out.append("%2F");
        } else {
            out.push_back(c);
        }
        i += 2;
    }
    return true;
}

// Takes the last segment off, down to and including its slash; false when there is none.
bool dropSegment(std::string &path) {
    if (path.empty()) return false;
    path.resize(path.rfind('/'));
    return true;
}

Refusal rewritePath(std::string_view raw, std::string &path) {
    path.clear();
    std::size_t at = 0; // of a slash
    while (at < raw.size()) {
        std::size_t const next = std::min(raw.find('/', at + 1), raw.size());
        std::size_t const keep = path.size();
        path.push_back('/');
        if (!appendDecoded(path, raw.substr(at + 1, next - at - 1))) return Refusal::TARGET_MALFORMED;
        std::string_view const segment = std::string_view(path).substr(keep + 1);
        bool const isLast = next == raw.size();
        if (segment == ".") {
            path.resize(keep);
            if (isLast) path.push_back('/');
        } else if (segment == "..") {
            path.resize(keep);
            if (!dropSegment(path)) return Refusal::TARGET_ESCAPES_ROOT;
            if (isLast) path.push_back('/');
        }
        at = next;
    }
    if (path.empty()) path.push_back('/');
    return Refusal::NONE;
}

Refusal readPathAndQuery(char const *base, TextRange rest, RequestHead &head) {
    std::string_view const text = viewOf(base, rest);
    std::size_t const mark = text.find('?');
    head.path = upTo(rest, std::min(mark, text.size()));
    if (mark != std::string_view::npos) head.query = from(rest, mark + 1);
    std::string_view const path = viewOf(base, head.path);
    if (path.find('%') == std::string_view::npos && !hasDotSegment(path)) return Refusal::NONE;
    head.isPathRewritten = true;
    return rewritePath(path, head.rewrittenPath);
}

Refusal readAbsolute(char const *base, TextRange target, std::size_t schemeSize, RequestHead &head) {
    TextRange const rest = from(target, schemeSize);
    std::string_view const text = viewOf(base, rest);
    std::size_t const end = std::min(text.find_first_of("/?"), text.size());
    head.host = upTo(rest, end);
    if (end == 0 || !isHost(text.substr(0, end))) return Refusal::HOST_MALFORMED;
    if (end == text.size() || text[end] == '?') {
        if (end != text.size()) head.query = from(rest, end + 1);
        head.isPathRewritten = true;
        head.rewrittenPath.assign(1, '/');
        return Refusal::NONE;
    }
    return readPathAndQuery(base, from(rest, end), head);
}

bool isPort(std::string_view text) noexcept {
    if (text.size() > 5) return false;
    unsigned port = 0;
    for (char c : text) {
        if (!isDigit(c)) return false;
        port = port * 10 + static_cast<unsigned>(c - '0');
    }
    return port <= 65'535;
}

bool isV6Address(std::string_view text) noexcept {
    char terminated[INET6_ADDRSTRLEN] = {};
    if (text.size() >= sizeof terminated) return false;
    text.copy(terminated, text.size());
    in6_addr address;
    return ::inet_pton(AF_INET6, terminated, &address) == 1;
}

// "v1.something", for addresses that nobody has thought of yet.
bool isFutureAddress(std::string_view text) noexcept {
    std::size_t const dot = text.find('.');
    if (dot == std::string_view::npos || dot < 2 || dot + 1 == text.size() || lowerCase(text[0]) != 'v') return false;
    for (char c : text.substr(1, dot - 1)) {
        if (!isOf(c, HEX_DIGIT)) return false;
    }
    for (char c : text.substr(dot + 1)) {
        if (!isOf(c, REG_NAME) && c != ':') return false;
    }
    return true;
}

// The size of the name, or of the address of version 4, that the text begins with.
std::size_t nameSize(std::string_view text) noexcept {
    std::size_t at = 0;
    for (;;) {
        while (at != text.size() && isOf(text[at], REG_NAME)) ++at;
        if (!isEncoded(text.substr(at))) return at;
        at += 3;
    }
}

} // namespace

bool isHost(std::string_view text) noexcept {
    std::size_t at = 0;
    if (text.starts_with('[')) {
        std::size_t const end = text.find(']');
        if (end == std::string_view::npos) return false;
        std::string_view const address = text.substr(1, end - 1);
        if (!isV6Address(address) && !isFutureAddress(address)) return false;
        at = end + 1;
    } else {
        at = nameSize(text);
    }
    if (at == text.size()) return true;
    return at != 0 && text[at] == ':' && isPort(text.substr(at + 1));
}

Refusal readTarget(char const *base, TextRange target, bool isPlain, RequestHead &head) {
    head.target = target;
    std::string_view const text = viewOf(base, target);
    if (text.starts_with('/')) {
        head.path = target;
        // The usual case: nothing in it that would need a second look.
        if (isPlain) return Refusal::NONE;
        // A fragment is for the client alone and never part of a target.
        if (text.find('#') != std::string_view::npos) return Refusal::TARGET_MALFORMED;
        return readPathAndQuery(base, target, head);
    }
    if (text.find('#') != std::string_view::npos) return Refusal::TARGET_MALFORMED;
    if (text == "*") {
        head.path = target;
        return head.method == HttpMethod::options ? Refusal::NONE : Refusal::TARGET_MALFORMED;
    }
    if (equalsIgnoringCase(text.substr(0, 7), "http://")) return readAbsolute(base, target, 7, head);
    if (equalsIgnoringCase(text.substr(0, 8), "https://")) return readAbsolute(base, target, 8, head);
    return Refusal::TARGET_MALFORMED;
}

} // namespace Ichor::Detail
