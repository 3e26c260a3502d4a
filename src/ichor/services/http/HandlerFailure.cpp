#include "HandlerFailure.h"

#include <stdexcept>
#include <string>
#include <utility>

namespace Ichor::Detail {

namespace {

std::string describe(std::exception_ptr const &error) {
    try {
        std::rethrow_exception(error);
    } catch (std::exception const &exception) {
        return exception.what();
    } catch (...) {
        return "an exception of unknown type";
    }
}

Task<void> fail(std::string text) {
    throw std::runtime_error(text);
    co_return;
}

} // namespace

void reportFailure(HttpRoute const &route, std::exception_ptr error) noexcept {
    try {
        // The manager logs what leaves a service's coroutine, with the service's name; that is the one place for it.
        route.service.spawn(
            fail("the route " + std::string(toString(route.method())) + " " + std::string(route.pattern()) + " threw: " + describe(error)));
    } catch (...) {
        // No memory even for telling.
    }
}

HttpResponse answerToInterim(HttpRoute const &route) noexcept {
    try {
        throw std::logic_error("its answer has a status of 1xx, behind which another one has to come");
    } catch (...) {
        return answerToFailure(route, std::current_exception());
    }
}

HttpResponse answerToFailure(HttpRoute const &route, std::exception_ptr error) noexcept {
    reportFailure(route, std::move(error));
    return HttpResponse::internalServerError(HttpBody::ofConstant("the handler of this request failed"));
}

} // namespace Ichor::Detail
