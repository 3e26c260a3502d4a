#pragma once

#include <string>
#include <string_view>

namespace Ichor::Testing {

// What requests of the tests are made of.

inline std::string getWith(std::string_view fields) { return "GET / HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n"; }
inline std::string postWith(std::string_view fieldsAndBody) { return "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(fieldsAndBody); }
inline std::string postChunked(std::string_view body) { return postWith("Transfer-Encoding: chunked\r\n\r\n" + std::string(body)); }
inline std::string getOf(std::string_view target) { return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n"; }

} // namespace Ichor::Testing
