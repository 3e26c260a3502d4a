// Our request parser beside Boost.Beast's, on the request that wrk sends: each parses the head, keeps the header fields, looks for those
// that its server needs, and finds the body.

#include <ichor/services/http/RequestParser.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view REQUEST = "POST /ping HTTP/1.1\r\n"
                                     "Host: 127.0.0.1:8001\r\n"
                                     "User-Agent: wrk/4.1.0\r\n"
                                     "Accept: application/json\r\n"
                                     "Connection: keep-alive\r\n"
                                     "Content-Type: application/json\r\n"
                                     "Content-Length: 15\r\n"
                                     "\r\n"
                                     "{\"sequence\": 2}";

namespace beast = boost::beast;

/// Keeps views, as ours does.
class BeastRequest final : public beast::http::basic_parser<true> {
public:
    beast::string_view target;
    beast::string_view body;
    std::vector<std::pair<beast::string_view, beast::string_view>> *fields{nullptr};

private:
    void on_request_impl(beast::http::verb, beast::string_view, beast::string_view text, int, beast::error_code &) override {
        target = text;
    }
    void on_response_impl(int, beast::string_view, int, beast::error_code &) override {}
    void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, beast::error_code &) override {
        fields->emplace_back(name, value);
    }
    void on_header_impl(beast::error_code &) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const &, beast::error_code &) override {}
    std::size_t on_body_impl(beast::string_view bytes, beast::error_code &) override {
        body = bytes;
        return bytes.size();
    }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code &) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, beast::error_code &) override { return 0; }
    void on_finish_impl(beast::error_code &) override {}
};

template <class F>
double nanosecondsEach(std::uint64_t count, F const &parse) {
    auto const begin = std::chrono::steady_clock::now();
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < count; ++i) sum += parse();
    auto const time = std::chrono::steady_clock::now() - begin;
    if (sum != count * 15) std::abort();
    return static_cast<double>(std::chrono::duration_cast<std::chrono::nanoseconds>(time).count()) / static_cast<double>(count);
}

} // namespace

int main(int argc, char **argv) {
    std::uint64_t const count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000;
    std::string request(REQUEST);

    Ichor::HttpLimits const limits;
    Ichor::Detail::RequestParser parser(limits);
    auto const ours = [&]() -> std::uint64_t {
        parser.clear();
        if (parser.parse(request.data(), request.size()) != Ichor::Detail::RequestParser::Result::COMPLETE) std::abort();
        return parser.message().body().size();
    };

    std::vector<std::pair<beast::string_view, beast::string_view>> fields;
    auto const beasts = [&]() -> std::uint64_t {
        fields.clear();
        BeastRequest one;
        one.fields = &fields;
        one.eager(true);
        beast::error_code ec;
        std::string_view rest(request);
        while (!one.is_done() && !ec) rest.remove_prefix(one.put(boost::asio::buffer(rest.data(), rest.size()), ec));
        if (ec) std::abort();
        return one.body.size();
    };

    for (int round = 0; round < 3; ++round) {
        double const a = nanosecondsEach(count, ours);
        double const b = nanosecondsEach(count, beasts);
        std::printf("ours %.1f ns, Beast %.1f ns a request of %zu bytes: %.2f times as fast\n", a, b, request.size(), b / a);
    }
}
