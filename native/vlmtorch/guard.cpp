#include "guard.h"

#include <c10/util/Exception.h>

#include <exception>
#include <string>

#include "vlmtorch.h"

namespace {
std::string &message() {
    thread_local std::string text;
    return text;
}
} // namespace

int32_t vlmtorch::keep_error() {
    try {
        throw;
    } catch (const c10::Error &e) {
        message() = e.what_without_backtrace();
    } catch (const std::exception &e) {
        message() = e.what();
    } catch (...) {
        message() = "unknown native error";
    }
    return 1;
}

const char *vt_last_error() { return message().c_str(); }
