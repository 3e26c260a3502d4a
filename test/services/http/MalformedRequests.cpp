#include "MalformedRequests.h"

#include "RequestText.h"

namespace Ichor::Testing {

HttpLimits smallLimits() {
    HttpLimits limits;
    limits.headerBytes = 1024;
    limits.headerCount = 10;
    limits.uriBytes = 200;
    limits.bodyBytes = 100;
    limits.trailerBytes = 64;
    limits.chunkExtensionBytes = 32;
    return limits;
}

std::vector<MalformedRequest> malformedRequests() {
    using namespace std::string_literals;
    std::string manyFields;
    for (int i = 0; i < 20; ++i) manyFields += "X: 1\r\n";
    return {
        // The request line
        {400, " GET / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "\rGET / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "G\0T / HTTP/1.1\r\nHost: h\r\n\r\n"s},
        {400, "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET /  HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET / HTTP/1.1 \r\nHost: h\r\n\r\n"},
        {400, "GET /\r\n\r\n"},
        {400, "GET / HTTP/1.1\nHost: h\r\n\r\n"},
        {400, "GET / HTTP/1.1\rHost: h\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n"},
        {400, "GET / http/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET / HTTP/1\r\nHost: h\r\n\r\n"},
        {400, "GET / HTTP/1,1\r\nHost: h\r\n\r\n"},
        {400, "GET / HTTP/11.1\r\nHost: h\r\n\r\n"},
        {400, "GET / HTTP/1.10\r\nHost: h\r\n\r\n"},
        {400, "GET / ICE/1.0\r\nHost: h\r\n\r\n"},
        {505, "GET / HTTP/2.0\r\nHost: h\r\n\r\n"},
        {505, "GET / HTTP/0.9\r\nHost: h\r\n\r\n"},
        {505, "GET / HTTP/2.1\r\nHost: h\r\n\r\n"},
        {400, "GET / HTTP/1.2\r\n\r\n"}, // judged as HTTP/1.1
        {400, "GET / HTTP/1.x\r\nHost: h\r\n\r\n"},
        {501, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}, // the preface of HTTP/2
        {501, "get / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {501, "BREW /pot HTTP/1.1\r\nHost: h\r\n\r\n"},
        {501, "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"},
        {501, std::string(33, 'A') + " / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {501, std::string(100, 'A') + " / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, std::string(32, 'A') + "@ / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s}, // TLS spoken to a plain port
        // The request target
        {400, getOf("ping")},
        {400, getOf("*")},
        {400, getOf("/a#b")},
        {400, getOf("/a\\b c")},
        {400, getOf("/\xc3\xa4")},
        {400, getOf("/a\x7f")},
        {400, getOf("/a\0b"s)},
        {400, getOf("/%")},
        {400, getOf("/%4")},
        {400, getOf("/%zz")},
        {400, getOf("/%00")},
        {400, getOf("/..")},
        {400, getOf("/a/../../b")},
        {400, getOf("/%2e%2E/etc/passwd")},
        {400, getOf("/a/./../../")},
        {400, getOf("ftp://h/")},
        {400, getOf("http:///x")},
        {400, getOf("http://user@h/x")},
        {400, getOf("http://h:port/x")},
        {400, getOf("http://h/x#y")},
        {414, getOf("/" + std::string(300, 'a'))},
        {414, getOf("/" + std::string(5000, 'a'))},
        // Header fields
        {400, getWith("X : 1\r\n")},
        {400, getWith("X\t: 1\r\n")},
        {400, getWith(" X: 1\r\n")},
        {400, getWith("X: 1\r\n folded\r\n")},
        {400, getWith("X: 1\r\n\tfolded\r\n")},
        {400, getWith("X\r\n")},
        {400, getWith(": 1\r\n")},
        {400, getWith("X@: 1\r\n")},
        {400, getWith("X: a\0b\r\n"s)},
        {400, getWith("X: a\x01"
                      "b\r\n")},
        {400, getWith("X: a\x7f\r\n")},
        {400, getWith("X: a\nY: b\r\n")},
        {400, getWith("X: a\rY: b\r\n")},
        {400, getWith("X:\n\r\n")},
        {400, getWith("X: a\n")},
        {400, "GET / HTTP/1.1\r\nHost: h\r\nX: 1\r\n\rX"},
        {400, "GET / HTTP/1.1\r\nHost: h\r\nX: 1\n\n"},
        {431, getWith("X: " + std::string(2000, 'a') + "\r\n")},
        {431, getWith(std::string(2000, 'a') + ": 1\r\n")},
        {431, getWith(manyFields)},
        // Host
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, getWith("Host: h\r\n")},
        {400, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"},
        {400, "GET http://h/ HTTP/1.1\r\nHost: a@b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a%zz\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a%\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a%4\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: []\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [.]\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [:::::]\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [1::2::3]\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [::g]\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [127.0.0.1]\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [v]\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [v1.]\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [vx.a]\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [v1.a/b]\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [::1%25lo]\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: h:99999\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: h:65536\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: h:000080\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [::1]:65536\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: h:+1\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: h:8x\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: :80\r\n\r\n"},
        {400, getOf("http://h%zz/x")},
        {400, getOf("http://[.]/x")},
        {400, getOf("http://h:65536/x")},
        // The length of the body
        {400, postWith("Content-Length: 1\r\nContent-Length: 1\r\n\r\nx")},
        {400, postWith("Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx")},
        {400, postWith("Content-Length: 1, 1\r\n\r\nx")},
        {400, postWith("Content-Length:\r\n\r\n")},
        {400, postWith("Content-Length: +1\r\n\r\nx")},
        {400, postWith("Content-Length: -1\r\n\r\n")},
        {400, postWith("Content-Length: 1x\r\n\r\nx")},
        {400, postWith("Content-Length: 0x1\r\n\r\nx")},
        {400, postWith("Content-Length: 1 1\r\n\r\nx")},
        {400, postWith("Content-Length: 18446744073709551617\r\n\r\nx")},
        {400, postWith("Content-Length: 9223372036854775808\r\n\r\nx")},
        {400, postWith("Content-Length : 1\r\n\r\nx")},
        {400, postWith("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
        {400, postWith("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n")},
        {400, postWith("Transfer-Encoding: identity\r\nContent-Length: 1\r\n\r\nx")},
        {400, postWith("Transfer-Encoding: identity\r\n\r\n")},
        {400, postWith("Transfer-Encoding: gzip\r\n\r\n")},
        {400, postWith("Transfer-Encoding:\r\n\r\n")},
        {400, postWith("Transfer-Encoding: chunked, gzip\r\n\r\n")},
        {400, postWith("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n")},
        {400, postWith("Transfer-Encoding: chunked, chunked\r\n\r\n")},
        {400, postWith("Transfer-Encoding: xchunked\r\n\r\n")},
        {400, postWith("Transfer-Encoding: \x0b"
                       "chunked\r\n\r\n")},
        {400, postWith("Transfer-Encoding: chunked;q=1\r\n\r\n")},
        {501, postWith("Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")},
        {501, postWith("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
        {400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {400, "POST / HTTP/1.0\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {411, "POST / HTTP/1.0\r\n\r\n"},
        {413, postWith("Content-Length: 101\r\n\r\n")},
        {413, postWith("Content-Length: 9223372036854775807\r\n\r\n")},
        {417, postWith("Expect: tea\r\nContent-Length: 1\r\n\r\n")},
        {417, postWith("Expect: 100-continue, x\r\nContent-Length: 1\r\n\r\n")},
        // Chunks
        {400, postChunked("x\r\n")},
        {400, postChunked("\r\n")},
        {400, postChunked("-1\r\n")},
        {400, postChunked("0x5\r\nhello\r\n0\r\n\r\n")},
        {400, postChunked("5 \r\nhello\r\n0\r\n\r\n")},
        {400, postChunked(" 5\r\nhello\r\n0\r\n\r\n")},
        {400, postChunked("5\nhello\r\n0\r\n\r\n")},
        {400, postChunked("5\r\nhelloX\r\n0\r\n\r\n")},
        {400, postChunked("5\r\nhello\n0\r\n\r\n")},
        {400, postChunked("5\r\nhello\rX")},
        {400, postChunked("5\r\rX")},
        {400, postChunked("10000000000000000\r\n")},
        {400, postChunked("FFFFFFFFFFFFFFFFF\r\n")},
        {400, postChunked("8000000000000000\r\n")},
        {400, postChunked("00000000000000000\r\n")},
        {413, postChunked("7FFFFFFFFFFFFFFF\r\n")},
        {413, postChunked("65\r\n")},
        {413, postChunked("64\r\n" + std::string(100, 'x') + "\r\n1\r\nx\r\n0\r\n\r\n")},
        {400, postChunked("5;\r\nhello\r\n0\r\n\r\n")},
        {400, postChunked("5;a=\r\nhello\r\n0\r\n\r\n")},
        {400, postChunked("5;a=\"b\r\nhello\r\n0\r\n\r\n")},
        {400, postChunked("5;a=\"b\"c\r\nhello\r\n0\r\n\r\n")},
        {400, postChunked("5;a b\r\nhello\r\n0\r\n\r\n")},
        {400, postChunked("5;a\n\r\nhello\r\n0\r\n\r\n")},
        {400, postChunked("5;a\0\r\nhello\r\n0\r\n\r\n"s)},
        {400, postChunked("5;" + std::string(100, 'a') + "\r\nhello\r\n0\r\n\r\n")},
        {400, postChunked("1;aaaaaaaaaaaaaaaaaaaa\r\nx\r\n1;aaaaaaaaaaaaaaaaaaaa\r\nx\r\n0\r\n\r\n")},
        {400, postChunked("0\r\n X: 1\r\n\r\n")},
        {400, postChunked("0\r\nX: 1\r\n folded\r\n\r\n")},
        {400, postChunked("0\r\nX\r\n\r\n")},
        {400, postChunked("0\r\nX : 1\r\n\r\n")},
        {400, postChunked("0\r\nX: 1\n\r\n")},
        {400, postChunked("0\r\nX: \0\r\n\r\n"s)},
        {400, postChunked("0\r\nX: a\rb\r\n\r\n")},
        {400, postChunked("0\r\n\rX")},
        {431, postChunked("0\r\nX: " + std::string(100, 'a') + "\r\n\r\n")},
    };
}

std::vector<MalformedRequest> oversizedRequests() {
    std::string manyFields;
    for (int i = 0; i < 100; ++i) manyFields += "X: 1\r\n";
    std::string manyExtensions;
    for (int i = 0; i < 300; ++i) manyExtensions += "1;ext=1\r\nx\r\n";
    std::string manyTrailers;
    for (int i = 0; i < 1000; ++i) manyTrailers += "X-" + std::to_string(i) + ": " + std::string(80, 'a') + "\r\n";
    return {
        {414, getOf("/" + std::string(10'000, 'a'))},
        {414, getOf("/?" + std::string(10'000, 'a'))},
        {431, getWith("X: " + std::string(20'000, 'a') + "\r\n")},
        {431, getWith(std::string(20'000, 'a') + ": 1\r\n")},
        {431, getWith(manyFields)},
        {413, postWith("Content-Length: 8388609\r\n\r\n")},
        {413, postChunked("800001\r\n")},
        {431, postChunked("0\r\nX: " + std::string(70'000, 'a') + "\r\n\r\n")},
        {431, postChunked("0\r\n" + manyTrailers + "\r\n")},
        {400, postChunked("1;" + std::string(70'000, 'a') + "\r\nx\r\n0\r\n\r\n")},
        {400, postChunked("1;a=\"" + std::string(70'000, 'a') + "\"\r\nx\r\n0\r\n\r\n")},
        {400, postChunked(manyExtensions + "0\r\n\r\n")},
    };
}

} // namespace Ichor::Testing
