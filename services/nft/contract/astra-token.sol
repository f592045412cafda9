// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

interface IERC721Receiver {
    function onERC721Received(address operator, address from, uint256 tokenId, bytes calldata data) external returns (bytes4);
}

/// @title AstraTrade's rewards, an ERC-721 token held in custody
/// @notice The platform mints and moves tokens for its users. Each of its operations has an id, and takes effect once
/// however often it is sent: who died before it knew the outcome simply sends it again.
contract AstraToken {
    string public constant name = "AstraTrade Rewards";
    string public constant symbol = "ASTRA";

    /// @notice The platform's account: it alone mints and settles sales.
    address public immutable platform;

    mapping(uint256 tokenId => address) private owners;
    mapping(address owner => uint256) private balances;
    mapping(uint256 tokenId => address) private approvals;
    mapping(address owner => mapping(address operator => bool)) private operators;
    mapping(bytes32 operation => bool) public done;

    event Transfer(address indexed from, address indexed to, uint256 indexed tokenId);
    event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId);
    event ApprovalForAll(address indexed owner, address indexed operator, bool approved);
    /// @notice An operation of the platform took effect.
    event Done(bytes32 indexed operation, uint256 indexed tokenId);

    error NotAllowed();
    error NoSuchToken();
    error BadRecipient();
    error AlreadyDone();

    constructor() {
        platform = msg.sender;
    }

    modifier once(bytes32 operation) {
        if (msg.sender != platform) revert NotAllowed();
        if (done[operation]) revert AlreadyDone();
        done[operation] = true;
        _;
    }

    /// @notice Makes a token, whose number is the operation's id.
    function mint(bytes32 operation, address to) external once(operation) {
        uint256 tokenId = uint256(operation);
        if (to == address(0) || owners[tokenId] != address(0)) revert BadRecipient();
        owners[tokenId] = to;
        balances[to] += 1;
        emit Transfer(address(0), to, tokenId);
        emit Done(operation, tokenId);
    }

    /// @notice Gives a token that was sold to its buyer.
    function settle(bytes32 operation, uint256 tokenId, address to) external once(operation) {
        move(ownerOf(tokenId), to, tokenId);
        emit Done(operation, tokenId);
    }

    function ownerOf(uint256 tokenId) public view returns (address owner) {
        owner = owners[tokenId];
        if (owner == address(0)) revert NoSuchToken();
    }

    function balanceOf(address owner) external view returns (uint256) {
        if (owner == address(0)) revert BadRecipient();
        return balances[owner];
    }

    function approve(address approved, uint256 tokenId) external {
        address owner = ownerOf(tokenId);
        if (msg.sender != owner && !operators[owner][msg.sender]) revert NotAllowed();
        approvals[tokenId] = approved;
        emit Approval(owner, approved, tokenId);
    }

    function getApproved(uint256 tokenId) external view returns (address) {
        ownerOf(tokenId);
        return approvals[tokenId];
    }

    function setApprovalForAll(address operator, bool approved) external {
        operators[msg.sender][operator] = approved;
        emit ApprovalForAll(msg.sender, operator, approved);
    }

    function isApprovedForAll(address owner, address operator) external view returns (bool) {
        return operators[owner][operator];
    }

    function transferFrom(address from, address to, uint256 tokenId) public {
        address owner = ownerOf(tokenId);
        bool allowed = msg.sender == owner || operators[owner][msg.sender] || approvals[tokenId] == msg.sender;
        if (owner != from || !allowed) revert NotAllowed();
        move(from, to, tokenId);
    }

    function safeTransferFrom(address from, address to, uint256 tokenId) external {
        safeTransferFrom(from, to, tokenId, "");
    }

    function safeTransferFrom(address from, address to, uint256 tokenId, bytes memory data) public {
        transferFrom(from, to, tokenId);
        if (to.code.length == 0) return;
        if (IERC721Receiver(to).onERC721Received(msg.sender, from, tokenId, data) != IERC721Receiver.onERC721Received.selector) {
            revert BadRecipient();
        }
    }

    /// @notice ERC-165, ERC-721 and its metadata extension.
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x01ffc9a7 || id == 0x80ac58cd || id == 0x5b5e139f;
    }

    function tokenURI(uint256 tokenId) external view returns (string memory) {
        ownerOf(tokenId);
        return "";
    }

    function move(address from, address to, uint256 tokenId) private {
        if (to == address(0)) revert BadRecipient();
        delete approvals[tokenId];
        balances[from] -= 1;
        balances[to] += 1;
        owners[tokenId] = to;
        emit Transfer(from, to, tokenId);
    }
}
