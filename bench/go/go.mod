module genai-gateway/bench

go 1.22
